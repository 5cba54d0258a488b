"""Asking for credit in three steps that can be left and taken up again: what for, who, and yes."""
