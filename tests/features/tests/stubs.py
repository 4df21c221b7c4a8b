def risk(amount, tier):
    return 2.0 * amount
