"""What stack files and stages may say."""
