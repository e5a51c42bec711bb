"""The version of the library. The report alone states it: another number makes nothing else anew."""

VERSION = "0.1.0"
