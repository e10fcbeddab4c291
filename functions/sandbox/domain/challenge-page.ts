/**
 * The page on which a bank would ask the customer to confirm a payment. It has nothing of the order but the amount.
 *
 * @param amount in the unit of Stripe's API.
 */
export function challengePage(amount: number, currency: string): string {
  return page(
    'Confirm the payment',
    `<p>Amount: ${amount} (${escaped(currency)}, smallest unit)</p>
    <form method="post">
      <button name="answer" value="approve">Approve</button>
      <button name="answer" value="refuse">Refuse</button>
    </form>`,
  );
}

/** What the customer sees who was not sent from a shop, or has answered before. */
export function answeredPage(): string {
  return page('The payment is answered', '<p>Return to the shop.</p>');
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
  </head>
  <body>
    <h1>${title}</h1>
    ${content}
  </body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
