"""The WeChat door: its protocol, the chat, bindings, and messages of ours."""
