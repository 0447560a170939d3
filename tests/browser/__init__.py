"""Pages in a real Chromium: the main job, accessibility, weight, and going back."""
