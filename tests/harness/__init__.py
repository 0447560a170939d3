"""What makes the tests strict: throw-away servers, a closed network, templates that refuse unknown names."""
