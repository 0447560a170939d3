"""Template filters every page may use."""
