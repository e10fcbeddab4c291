export {
  type Allocated,
  type AllocatedPart,
  type AllocationChoice,
  allocate,
  type Shortage,
  type SourcingTerms,
  unitsWanted,
} from './domain/allocate.ts';
export { type StockView, viewOf } from './domain/stock-view.ts';
