"""Xueshi 学时: continuing education of professionals, from declaration to certificate."""
