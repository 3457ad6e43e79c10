"""What is written to and read from the topics of the approval stage: items, actions, votes, permits, previews."""
