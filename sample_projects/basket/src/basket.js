'use strict';

const VAT = { standard: 0.19, reduced: 0.07, none: 0 };
const FREE_SHIPPING_FROM = 5000;

/** A refusal that the shop shows to its customer; `code` is for programs. */
class BasketError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'BasketError';
    this.code = code;
  }
}

/** What somebody is about to buy. Money is in whole cents. */
class Basket {
  constructor() {
    this.lines = new Map();
    this.voucher = null;
  }

  /** Put so many pieces of an article in; more of one that is there already add up, to 99 at most. */
  add(article, quantity = 1) {
    if (!Number.isInteger(quantity) || quantity < 1) {
      throw new BasketError('quantity', `not a quantity: ${quantity}`);
    }
    if (!(article.vat in VAT)) {
      throw new BasketError('vat', `unknown rate of tax: ${article.vat}`);
    }
    const there = this.lines.get(article.id);
    const sum = quantity + (there ? there.quantity : 0);
    if (sum > 99) {
      throw new BasketError('limit', `${sum} of ${article.id} are more than 99`);
    }
    this.lines.set(article.id, { article, quantity: sum });
    return this;
  }

  /** Take pieces of an article out, all of them if no number is given. Says whether there were any. */
  remove(id, quantity) {
    const line = this.lines.get(id);
    if (!line) {
      return false;
    }
    if (quantity === undefined || quantity >= line.quantity) {
      this.lines.delete(id);
    } else {
      line.quantity -= quantity;
    }
    return true;
  }

  /** The price of the goods, the voucher not taken off. */
  get goods() {
    let sum = 0;
    for (const { article, quantity } of this.lines.values()) {
      sum += article.price * quantity;
    }
    return sum;
  }

  /** Redeem one voucher: `percent` off, or `amount` off from a `minimum` of goods on. */
  redeem(voucher) {
    if (this.voucher) {
      throw new BasketError('voucher', 'only one voucher for each order');
    }
    if (voucher.minimum && this.goods < voucher.minimum) {
      throw new BasketError('minimum', `the voucher is for ${voucher.minimum} and more`);
    }
    this.voucher = voucher;
  }

  /** What the voucher takes off, never more than the goods cost. */
  get discount() {
    if (!this.voucher) {
      return 0;
    }
    const { percent, amount } = this.voucher;
    const off = percent ? Math.round((this.goods * percent) / 100) : amount;
    return Math.min(off, this.goods);
  }

  /** 4.90 for up to ten pieces, 9.90 for more, nothing from 50.00 on or for an empty basket. */
  get shipping() {
    const pieces = [...this.lines.values()].reduce((sum, line) => sum + line.quantity, 0);
    if (pieces === 0 || this.goods - this.discount >= FREE_SHIPPING_FROM) {
      return 0;
    }
    return pieces <= 10 ? 490 : 990;
  }

  /** What is to be paid, and the tax that is in it, the discount spread over the goods by their price. */
  bill() {
    const share = this.goods ? 1 - this.discount / this.goods : 1;
    let tax = 0;
    for (const { article, quantity } of this.lines.values()) {
      const gross = article.price * quantity * share;
      tax += gross - gross / (1 + VAT[article.vat]);
    }
    return { total: this.goods - this.discount + this.shipping, tax: Math.round(tax) };
  }
}

module.exports = { Basket, BasketError };
