"""What the machine decides: opening, voting, acting, judging, releasing, and the risk of a request."""
