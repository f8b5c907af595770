"""Use-cases of access, one module each: accounts, sign-in, sessions, codes, rates."""
