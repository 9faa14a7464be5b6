def total(prices, discount=0):
    amount = sum(prices) - discount
    if amount < 0:
        raise ValueError("nothing to pay")
    if discount > 10:
        amount -= 1
    return amount
