"""Uploading any number of samples: split, in parallel, and with a record of what was acknowledged."""
