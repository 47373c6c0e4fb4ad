import type { PaymentEvent, Payments } from "../../../../../services/runtime/store/payments";

/** `received` gets every event that comes for the first time. */
export function memoryPayments(received: PaymentEvent[]): Payments {
  return {
    async receive(event) {
      if (received.some(({ id }) => id === event.id)) return false;
      received.push(event);
      return true;
    },
  };
}
