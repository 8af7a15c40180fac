"""Datasets for programs that read no columns: SQL that loads with its keys, and spreadsheets."""
