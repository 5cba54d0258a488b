"""Two policies side by side on what really came in: a shadow beside the live one, a challenger beside the champion."""
