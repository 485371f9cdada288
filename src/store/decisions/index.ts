/** Decisions about short messages, kept for those who ask later: files of lines, bounded in size and age. */
export { type DecisionLog, type DecisionLogPorts, type DecisionLogSettings, openDecisionLog } from './decision-log.js';
export { type KeptDecision, keptOf, masked, maskedWithKey, type ShowNumber, shownOtherwise } from './kept.js';
export { type DecisionQuery, newestDecisions, readDecisions } from './read.js';
export { type DecisionReport, type HomeSmscRow, type PeerRow, type RejectCounts, reportOf, type SenderRow } from './report.js';
