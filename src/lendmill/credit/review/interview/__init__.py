"""The conversation by video (视频调查): its questions made from the file, its hour, and what was found."""
