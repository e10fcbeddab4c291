import { isTransient } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import {
  boardCopies,
  boardOf,
  isFresh,
  shortOn,
  showsCrowd,
  showsReturns,
  showsWhere,
} from '../../availability/domain/snapshot.ts';
import type { Board } from '../../sharding/commands/stock-table.ts';
import { healOldEntries } from '../../sharding/commands/sweep-journals.ts';
import type { SkuPlan } from '../../sharding/domain/shard-plan.ts';
import { choosePieces, type Pieces, unitsWanted } from '../../sourcing/domain/allocate.ts';
import { answerReserve } from '../domain/reservation.ts';
import { answerFromRecord, outOfStock, type ReserveAnswer } from '../domain/reserve-answers.ts';
import type { StockRequest } from '../domain/stock-store.ts';
import { type Surroundings, type Survey, surveyStock } from './survey-stock.ts';

/** How long a buyer waits at most for somebody else's look. A random part of it, so that few look at the same time. */
const waitMs = 200;
/** The least wait where units are coming back: nearly everybody then reads what one has seen. */
const waitForReturnsMs = 100;

export type Finding = { readonly answer: ReserveAnswer } | (Pieces & { readonly plans: readonly SkuPlan[] });

/**
 * Says where an order's units are, or that there are too few: by the boards where those are young enough, else, after
 * a short wait for somebody else's look, by a look at every shard.
 *
 * @param search when the buyer came, and how old a board may be that says where to try: both in milliseconds since 1970.
 */
export async function findStock(
  request: StockRequest,
  now: Instant,
  plans: readonly SkuPlan[],
  search: { readonly arrivedAt: number; readonly hintsAfter: number },
  around: Surroundings,
): Promise<Finding> {
  const { arrivedAt, hintsAfter } = search;
  const { memory, home, pace } = around;
  const wanted = unitsWanted(request.lines);
  const hot = plans.filter(({ path }) => path === 'J');
  for (const round of ['at once', 'after a wait']) {
    const boards = await newestBoards(hot, round === 'at once', around);
    const nowMs = around.nowMs();
    const short = shortOn(boards, wanted, { nowMs, arrivedAt, creditedAt: (sku) => memory.creditedAt(sku) });
    if (short.length > 0) {
      return { answer: (await answerFromRecord(request.orderId, now, around)) ?? outOfStock(short) };
    }
    const trusted = (board: Board) => board.at > hintsAfter && showsWhere(board, nowMs, memory.boardWrongAt(board.sku));
    if (boards.length === hot.length && boards.every(trusted)) {
      const choice = choosePieces(request.lines, memory.view(plans), home.index, request);
      if ('parts' in choice) return { ...choice, plans };
    }
    if (round === 'after a wait' || !boards.some((board) => showsCrowd(board, nowMs))) break;
    const least = boards.some((board) => showsReturns(board, nowMs)) ? waitForReturnsMs : 0;
    await pace.sleep(least + pace.random() * (waitMs - least));
  }
  return lookForStock(request, now, around);
}

/** A young board in this process's memory is as good as the one in the store. */
export async function newestBoards(
  hot: readonly SkuPlan[],
  fromMemory: boolean,
  { table, memory, home, nowMs }: Surroundings,
): Promise<Board[]> {
  const boards = await Promise.all(
    hot.map(async (plan) => {
      const known = memory.board(plan.sku);
      if (fromMemory && known !== undefined && isFresh(known, nowMs())) return known;
      const board = await table.readBoard(plan.sku, home.index % boardCopies);
      if (board !== undefined) memory.learnBoard(board, plan);
      return memory.board(plan.sku) ?? [];
    }),
  );
  return boards.flat();
}

/** A look of one's own. Units that crashed workers have taken are brought back before anything is refused. */
async function lookForStock(request: StockRequest, now: Instant, around: Surroundings): Promise<Finding> {
  let survey = await surveyAndPublish(request, around);
  const { healedCount } = await healOldEntries(survey.shards, around);
  if (healedCount > 0) survey = await surveyAndPublish(request, around);
  if (survey.reservation !== undefined) return { answer: answerReserve(survey.reservation, now) };
  const choice = choosePieces(request.lines, survey.view, around.home.index, request);
  return 'short' in choice ? { answer: outOfStock(choice.short) } : { ...choice, plans: survey.plans };
}

async function surveyAndPublish({ orderId, lines }: StockRequest, around: Surroundings): Promise<Survey> {
  const { table, memory, home } = around;
  const at = around.nowMs();
  const survey = await surveyStock(orderId, [...unitsWanted(lines).keys()], around);
  const sold = survey.shards.filter((shard) => memory.isSoldFrom(shard));
  const publish = async (plan: SkuPlan): Promise<void> => {
    const board = boardOf(plan.sku, at, sold, memory.board(plan.sku));
    memory.learnBoard(board, plan);
    await table.writeBoard(home.index % boardCopies, board);
  };
  try {
    await Promise.all(survey.plans.filter(({ path }) => path === 'J').map(publish));
  } catch (fault) {
    // A board saves others a look. That it could not be written must not cost this buyer his answer.
    if (!isTransient(fault)) throw fault;
  }
  return survey;
}
