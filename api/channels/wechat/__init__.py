"""The server side of a WeChat Official Account."""
