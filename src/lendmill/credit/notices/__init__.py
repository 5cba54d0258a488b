"""Notices as they were sent: written once, word for word, found again by whom they are about."""
