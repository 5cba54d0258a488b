"""Less than was asked, offered in its place: taken up in one call, declined, or over on its last day."""
