"""The story that `maskgate demo` plays: sample events, two reviewers, one account at the end."""
