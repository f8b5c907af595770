"""Who may: accounts, sign-in, roles, personal links, one-time codes."""
