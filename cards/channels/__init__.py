"""The doors: web, telephone, counter, WeChat; each cleans its input, calls one function and renders the result."""
