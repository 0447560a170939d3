"""The WeChat Official Account: its protocol, what is said in the chat, and the address the platform calls."""
