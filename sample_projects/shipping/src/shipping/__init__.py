"""Postage quotes and delivery dates: what a parcel costs and when it arrives."""
