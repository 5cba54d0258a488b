"""What a borrower has agreed to outside an application, and what they have taken back."""
