"""WHEN IT IS LATE. How late a loan is, which stage of recovery and which risk class that makes it."""
