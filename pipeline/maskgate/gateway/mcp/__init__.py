"""The MCP proxy: masks what tools give, and lets calls run by policy or once people approved them."""
