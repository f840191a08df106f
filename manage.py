"""Django's usual door; the same as ``python -m xueshi``."""

import runpy

runpy.run_module("xueshi", run_name="__main__")
