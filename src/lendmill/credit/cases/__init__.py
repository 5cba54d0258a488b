"""Bringing together what a decision may know, the same way for one applicant and for everybody at night."""
