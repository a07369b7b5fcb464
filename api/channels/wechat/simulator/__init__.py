"""A stand-in for the WeChat platform: it pushes as followers do, judges the replies and answers API calls.

For tests, load and development only. Nothing here is imported by the channel, nor the channel's envelope, cipher or XML
by anything here: a mistake made there must show here.
"""
