"""The bare page: what any Django page costs here, mounted only while measuring."""
