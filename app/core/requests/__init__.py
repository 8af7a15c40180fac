"""What is asked of the server, read and limited in one way for every face; faces alone import it."""
