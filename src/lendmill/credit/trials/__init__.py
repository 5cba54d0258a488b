"""Who is decided by the version that is live, and who by one that is live for a share of borrowers."""
