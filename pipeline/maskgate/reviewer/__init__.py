"""The reviewer's desk in the terminal."""
