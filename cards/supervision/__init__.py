"""What a supervisor looks at: figures over all cases, and lists as files; reads only, and nobody's name."""
