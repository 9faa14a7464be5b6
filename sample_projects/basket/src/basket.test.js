const { Basket } = require('./basket');

const tea = { id: 'tea', price: 450, vat: 'reduced' };

describe('Basket', () => {
  let basket;

  beforeEach(() => {
    basket = new Basket();
  });

  it('adds up what is put in', () => {
    basket.add(tea, 2).add(tea);
    expect(basket.goods).toBe(1350);
  });
});
