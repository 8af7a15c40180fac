"""What synthetic rows give away about the real ones: distances, memberships, singling out.

Each module may use the samples and scores of the folder above, none another of these but `cells`. None of
them proves that nothing is given away: they are attacks of today, on average rows.
"""
