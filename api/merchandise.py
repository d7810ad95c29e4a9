"""What merchandisers keep, as searches use it: synonyms, rules and experiments."""

from collections.abc import Sequence

from api.record_book import RecordBook
from commerce.experiments import Experiment
from commerce.records import Records
from ranking.merchandising.table import RuleTable
from ranking.synonyms import SynonymTable

_FEW = 100


def synonym_book(records: Records) -> RecordBook[SynonymTable]:
    """Return the synonyms of the catalogues that a process serves."""
    return RecordBook(records, "synonym", lambda catalog, *_: SynonymTable(tuple(records.synonyms(catalog))))


def rule_book(records: Records) -> RecordBook[RuleTable]:
    """Return the rules of the catalogues that a process serves; of a few changes only those are read again."""

    def make(catalog: str, before: RuleTable | None, changed: Sequence[str]) -> RuleTable:
        if before is None or len(changed) > _FEW:
            return RuleTable(records.rules(catalog))
        kept = {identity: rule for identity, rule in before.rules.items() if identity not in set(changed)}
        return RuleTable([*kept.values(), *records.rules(catalog, ids=changed)])

    return RecordBook(records, "rule", make)


def experiment_book(records: Records) -> RecordBook[tuple[Experiment, ...]]:
    """Return the experiments of the catalogues that a process serves."""
    return RecordBook(records, "trial", lambda catalog, *_: tuple(records.experiments(catalog)))


def with_drafts(rules: RuleTable, records: Records, catalog: str) -> RuleTable:
    """Return the rules as they would be if every draft were published."""
    drafts = records.drafts(catalog)
    return RuleTable({**rules.rules, **{draft.id: draft for draft in drafts}}.values()) if drafts else rules
