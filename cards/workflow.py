"""The transition tables of applications, loss reports and cards, and what is possible now; pure, no database."""

from collections.abc import Iterator
from dataclasses import dataclass

from cards.office_vocabulary import IntakeResult
from cards.vocabulary import (
    Action,
    Channel,
    EventKind,
    Evidence,
    IssueMethod,
    Keeper,
    LossStatus,
    Party,
    SocialStatus,
    Stage,
    StopReason,
)

# --- the chain of a card ------------------------------------------------------------------------------------------

STEPS: dict[tuple[Stage, Stage], Action] = {
    (Stage.ACCEPTED, Stage.CHECKING): Action.CHECK,
    (Stage.CHECKING, Stage.FEE_DUE): Action.ASK_FEE,
    (Stage.CHECKING, Stage.BANK_ACCOUNT): Action.OPEN_ACCOUNT,
    (Stage.CHECKING, Stage.PRODUCING): Action.PRODUCE,
    (Stage.CHECKING, Stage.READY): Action.RECEIVE,
    (Stage.FEE_DUE, Stage.BANK_ACCOUNT): Action.TAKE_FEE,
    (Stage.FEE_DUE, Stage.PRODUCING): Action.TAKE_FEE,
    (Stage.BANK_ACCOUNT, Stage.PRODUCING): Action.PRODUCE,
    (Stage.PRODUCING, Stage.SENDING): Action.SEND,
    (Stage.SENDING, Stage.READY): Action.RECEIVE,
    (Stage.READY, Stage.COLLECTED): Action.HAND_OVER,
    (Stage.COLLECTED, Stage.ACTIVATED): Action.ACTIVATE,
}

ENDINGS: dict[Action, tuple[frozenset[Stage], Stage]] = {
    Action.WITHDRAW: (frozenset({Stage.ACCEPTED, Stage.CHECKING, Stage.FEE_DUE}), Stage.WITHDRAWN),
    Action.REFUSE: (frozenset({Stage.ACCEPTED, Stage.CHECKING, Stage.FEE_DUE}), Stage.REFUSED),
    Action.RECALL: (frozenset({Stage.READY}), Stage.RECALLED),
}

STOPS: dict[StopReason, frozenset[Stage]] = {
    StopReason.FEE_UNPAID: frozenset({Stage.FEE_DUE}),
    StopReason.PHOTO_REJECTED: frozenset({Stage.CHECKING}),
    StopReason.DATA_MISMATCH: frozenset({Stage.CHECKING, Stage.BANK_ACCOUNT}),
    StopReason.ID_EXPIRED: frozenset({Stage.CHECKING, Stage.BANK_ACCOUNT}),
    StopReason.BANK_ACCOUNT_FAILED: frozenset({Stage.BANK_ACCOUNT}),
    StopReason.PRODUCTION_FAILED: frozenset({Stage.PRODUCING}),
    StopReason.RETURNED: frozenset({Stage.SENDING, Stage.READY}),
}

KEEPERS: dict[Stage, Keeper] = {
    Stage.ACCEPTED: Keeper.AGENCY,
    Stage.CHECKING: Keeper.AGENCY,
    Stage.FEE_DUE: Keeper.AGENCY,
    Stage.BANK_ACCOUNT: Keeper.BANK,
    Stage.PRODUCING: Keeper.MAKER,
    Stage.SENDING: Keeper.CARRIER,
    Stage.READY: Keeper.OUTLET,
    Stage.COLLECTED: Keeper.CITIZEN,
    Stage.ACTIVATED: Keeper.CITIZEN,
    Stage.WITHDRAWN: Keeper.AGENCY,
    Stage.REFUSED: Keeper.AGENCY,
    Stage.RECALLED: Keeper.AGENCY,
}

BEFORE_READY = frozenset(
    {Stage.ACCEPTED, Stage.CHECKING, Stage.FEE_DUE, Stage.BANK_ACCOUNT, Stage.PRODUCING, Stage.SENDING}
)
OPEN = BEFORE_READY | {Stage.READY}
BROKEN_OFF = frozenset({Stage.WITHDRAWN, Stage.REFUSED, Stage.RECALLED})
ENDED = BROKEN_OFF | {Stage.COLLECTED, Stage.ACTIVATED}


@dataclass(frozen=True)
class Route:
    """What decides which stages an application goes through."""

    method: IssueMethod
    financial: bool
    fee_due: bool
    activation_needed: bool

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in order, from accepted to the last one."""
        end = (Stage.COLLECTED, Stage.ACTIVATED) if self.activation_needed else (Stage.COLLECTED,)
        if self.method == IssueMethod.INSTANT:
            return (Stage.ACCEPTED, Stage.CHECKING, Stage.READY, *end)
        fee = (Stage.FEE_DUE,) if self.fee_due else ()
        bank = (Stage.BANK_ACCOUNT,) if self.financial else ()
        return (Stage.ACCEPTED, Stage.CHECKING, *fee, *bank, Stage.PRODUCING, Stage.SENDING, Stage.READY, *end)

    def after(self, stage: Stage) -> Stage | None:
        """The next stage, or None where the chain ends or was broken off."""
        stages = self.stages
        if stage not in stages or stage == stages[-1]:
            return None
        return stages[stages.index(stage) + 1]


ROUTES = tuple(
    Route(method, financial, fee_due, activation_needed)
    for method in IssueMethod
    for financial in (False, True)
    for fee_due in (False, True)
    for activation_needed in (False, True)
    if financial or not activation_needed
)


def target_of(action: Action, stage: Stage, stop: str, route: Route) -> Stage | None:
    """Where an action takes an application, or None where it is not possible now."""
    if action in ENDINGS:
        sources, target = ENDINGS[action]
        return target if stage in sources else None
    following = route.after(stage)
    if following is None or STEPS[stage, following] != action:
        return None
    # A stopped clock holds everything; only paying starts it again by itself.
    return following if not stop or action == Action.TAKE_FEE else None


def possible_stops(stage: Stage, stop: str) -> tuple[StopReason, ...]:
    """The reasons for which the clock may be stopped now; the fee's stop comes with its stage."""
    if stop:
        return ()
    return tuple(reason for reason, stages in STOPS.items() if stage in stages and reason != StopReason.FEE_UNPAID)


def may_resume(stop: str) -> bool:
    """Whether the clock stands for a reason that staff can clear."""
    return bool(stop) and stop != StopReason.FEE_UNPAID


def application_actions(stage: Stage, stop: str, route: Route) -> Iterator[Action]:
    """Every action possible for an application in this state, in the order of the work."""
    for action in dict.fromkeys((*STEPS.values(), *ENDINGS)):
        if target_of(action, stage, stop, route):
            yield action
    if possible_stops(stage, stop):
        yield Action.STOP
    if may_resume(stop):
        yield Action.RESUME


# --- what a result file of bank, maker or outlet means --------------------------------------------------------------


@dataclass(frozen=True)
class Reported:
    """What a result says: of a card in which stages, the action it completes or the stops it may mean, default first.

    A result that completes something also ends the stops which only this partner could clear.
    """

    stages: tuple[Stage, ...]
    completes: Action | None
    stops: tuple[StopReason, ...]


_BANK_STOPS = (StopReason.BANK_ACCOUNT_FAILED, StopReason.DATA_MISMATCH, StopReason.ID_EXPIRED)

RESULTS: dict[IntakeResult, Reported] = {
    IntakeResult.ACCOUNT_OPENED: Reported((Stage.BANK_ACCOUNT,), Action.PRODUCE, _BANK_STOPS),
    IntakeResult.ACCOUNT_FAILED: Reported((Stage.BANK_ACCOUNT,), None, _BANK_STOPS),
    IntakeResult.SENT: Reported((Stage.PRODUCING,), Action.SEND, (StopReason.PRODUCTION_FAILED,)),
    IntakeResult.PRODUCTION_FAILED: Reported((Stage.PRODUCING,), None, (StopReason.PRODUCTION_FAILED,)),
    IntakeResult.SIGNED_FOR: Reported((Stage.SENDING,), Action.RECEIVE, (StopReason.RETURNED,)),
    IntakeResult.RETURNED: Reported((Stage.SENDING, Stage.READY), None, (StopReason.RETURNED,)),
}


def reasons_of(result: IntakeResult) -> tuple[StopReason, ...]:
    """The reasons a result may give, the one it means without any first; none where it completes something."""
    return () if RESULTS[result].completes else RESULTS[result].stops


def steps_of_result(
    result: IntakeResult, reason: str, stage: Stage, stop: str, route: Route
) -> tuple[tuple[Action, str], ...] | None:
    """The actions, each with its reason, by which a result is recorded; none when it is so already.

    Returns None where the result is not possible in this state.
    """
    told = RESULTS[result]
    if told.completes is None:
        if stage not in told.stages:
            return None
        if stop == reason:
            return ()
        return ((Action.STOP, reason),) if reason in possible_stops(stage, stop) else None
    resume = ((Action.RESUME, ""),) if stop in told.stops else ()
    if stage in told.stages:
        # Without its stop: a clock that stands for another reason holds the card back.
        possible = target_of(told.completes, stage, "" if resume else stop, route)
        return (*resume, (told.completes, "")) if possible else None
    target = route.after(told.stages[0])
    past = target is not None and stage in route.stages and route.stages.index(stage) >= route.stages.index(target)
    return resume if past else None


# --- loss reports and cards ---------------------------------------------------------------------------------------

# What an action makes of the report that stands; a report's own making is the empty source.
LOSS_STEPS: dict[Action, LossStatus] = {
    Action.LAPSE: LossStatus.LAPSED,
    Action.REPORT_IN_WRITING: LossStatus.FORMALISED,
    Action.CANCEL_REPORT: LossStatus.CANCELLED,
    Action.REPLACE: LossStatus.REPLACED,
    Action.ACCEPT: LossStatus.REPLACED,
    Action.HAND_OVER: LossStatus.REPLACED,
    Action.CORRECT: LossStatus.VOIDED,
}

USABLE = frozenset({SocialStatus.NOT_ENABLED, SocialStatus.NORMAL, SocialStatus.LOCKED})
LOST = frozenset({SocialStatus.TEMPORARILY_LOST, SocialStatus.FORMALLY_LOST})

# Action -> (states of the card it starts from, state it leads to; None: back to the state before the report).
CARD_STEPS: dict[Action, tuple[frozenset[SocialStatus], SocialStatus | None]] = {
    Action.REPORT_ORALLY: (USABLE, SocialStatus.TEMPORARILY_LOST),
    Action.REPORT_IN_WRITING: (USABLE | {SocialStatus.TEMPORARILY_LOST}, SocialStatus.FORMALLY_LOST),
    Action.LAPSE: (frozenset({SocialStatus.TEMPORARILY_LOST}), None),
    Action.CANCEL_REPORT: (LOST, None),
    Action.REPLACE: (frozenset({SocialStatus.FORMALLY_LOST}), SocialStatus.CANCELLED),
    Action.ACCEPT: (USABLE | LOST, SocialStatus.CANCELLED),
    Action.HAND_OVER: (USABLE | LOST, SocialStatus.CANCELLED),
    # A report put back gives the lost card its state again; a hand-over put back gives it to the exchanged one.
    Action.CORRECT: (LOST | {SocialStatus.CANCELLED}, None),
    Action.DISPUTE: (frozenset({SocialStatus.NOT_ENABLED, SocialStatus.NORMAL}), SocialStatus.LOCKED),
    Action.CONFIRM_HANDED_OVER: (frozenset({SocialStatus.LOCKED}), None),
    Action.CONFIRM_NOT_RECEIVED: (frozenset({SocialStatus.LOCKED}), SocialStatus.CANCELLED),
}

# --- second thoughts ----------------------------------------------------------------------------------------------

# Which steps can be put back, as long as nothing was built on them. An acceptance is withdrawn instead; a cancellation
# and a replacement were decided on documents, and what they ended cannot be called into force again.
CORRECTABLE = frozenset(
    {EventKind.STAGE_REACHED, EventKind.CLOCK_STOPPED, EventKind.CLOCK_RESUMED, EventKind.LOSS_REPORTED}
)
# Events beside the way of a case: nothing rests on them, so they do not stand in the way of putting a step back.
BESIDE_THE_WAY = frozenset(
    {EventKind.CORRECTED, EventKind.CODE_REISSUED, EventKind.OVERRIDDEN, EventKind.NOTICES_CHOSEN}
)
DISPUTABLE = frozenset({Stage.COLLECTED, Stage.ACTIVATED})

# --- who may, through which door, on what evidence (S5, S6, S9, S10) ----------------------------------------------

# A document proves who is at the window only together with that person's face.
_HOLDER = frozenset({Evidence.HOLDER_ID_ORIGINAL, Evidence.FACE_MATCHES})
_AGENT = _HOLDER | {Evidence.AGENT_ID_ORIGINAL}
_GUARDIAN = _HOLDER | {Evidence.GUARDIAN_ID_ORIGINAL, Evidence.GUARDIANSHIP_PROOF}
_FORM = frozenset({Evidence.SIGNED_FORM})
_HANDED_OVER = frozenset({Evidence.CARD_FACE, Evidence.SIGNATURE})
_PHONE = frozenset({Evidence.IDENTITY_ANSWERS})
_CODE = frozenset({Evidence.QUERY_CODE})
_NOTHING: frozenset[Evidence] = frozenset()

CHECKLISTS: dict[Action, dict[Party, frozenset[Evidence]]] = {
    Action.ACCEPT: {Party.HOLDER: _HOLDER | _FORM, Party.AGENT: _AGENT | _FORM, Party.GUARDIAN: _GUARDIAN | _FORM},
    Action.REPORT_ORALLY: {Party.HOLDER: _PHONE, Party.GUARDIAN: _PHONE},
    Action.REPORT_IN_WRITING: {
        Party.HOLDER: _HOLDER | _FORM,
        Party.AGENT: _AGENT | _FORM,
        Party.GUARDIAN: _GUARDIAN | _FORM,
    },
    # Who besides the holder, and by telephone, is for the rules of the place to allow; by default nobody.
    Action.CANCEL_REPORT: {
        Party.HOLDER: _HOLDER | {Evidence.ORIGINAL_CARD},
        Party.AGENT: _AGENT | {Evidence.ORIGINAL_CARD},
        Party.GUARDIAN: _GUARDIAN | {Evidence.ORIGINAL_CARD},
    },
    Action.REPLACE: {
        Party.HOLDER: _HOLDER | _FORM,
        Party.AGENT: _AGENT | _FORM | {Evidence.ID_COPIES},
        Party.GUARDIAN: _GUARDIAN | _FORM,
    },
    Action.HAND_OVER: {
        Party.HOLDER: _HOLDER | _HANDED_OVER,
        Party.AGENT: _AGENT | _HANDED_OVER,
        Party.GUARDIAN: _GUARDIAN | _HANDED_OVER,
    },
    Action.WITHDRAW: {Party.HOLDER: _HOLDER, Party.GUARDIAN: _GUARDIAN},
    Action.REISSUE_CODE: {Party.HOLDER: _HOLDER, Party.AGENT: _AGENT, Party.GUARDIAN: _GUARDIAN},
    Action.REPLACE_CERTIFICATE: {Party.HOLDER: _HOLDER, Party.AGENT: _AGENT, Party.GUARDIAN: _GUARDIAN},
    Action.CHANGE_PHONE: {Party.HOLDER: _HOLDER, Party.GUARDIAN: _GUARDIAN},
    Action.CHOOSE_NOTICES: {Party.HOLDER: _HOLDER, Party.GUARDIAN: _GUARDIAN},
    Action.AMEND: {
        Party.HOLDER: _HOLDER | {Evidence.PROOF_OF_DATA},
        Party.GUARDIAN: _GUARDIAN | {Evidence.PROOF_OF_DATA},
    },
    Action.DISPUTE: {Party.HOLDER: _HOLDER, Party.GUARDIAN: _GUARDIAN},
    Action.LAPSE: {Party.SYSTEM: _NOTHING},
    Action.RECALL: {Party.SYSTEM: _NOTHING, Party.OFFICE: _NOTHING},
} | {
    action: {Party.OFFICE: _NOTHING}
    for action in (
        Action.CHECK,
        Action.ASK_FEE,
        Action.TAKE_FEE,
        Action.OPEN_ACCOUNT,
        Action.PRODUCE,
        Action.SEND,
        Action.RECEIVE,
        Action.ACTIVATE,
        Action.STOP,
        Action.RESUME,
        Action.REFUSE,
        Action.CALL_BACK,
        Action.REFER,
        Action.SETTLE,
        Action.CORRECT,
        Action.MERGE,
        Action.GRANT,
        Action.DECLINE,
        Action.CONFIRM_HANDED_OVER,
        Action.CONFIRM_NOT_RECEIVED,
    )
}

_WINDOW = frozenset({Channel.COUNTER})

CHANNELS: dict[Action, frozenset[Channel]] = dict.fromkeys(Action, _WINDOW) | {
    Action.REPORT_ORALLY: frozenset({Channel.HOTLINE, Channel.COUNTER, Channel.WEB, Channel.WECHAT}),
    Action.CHOOSE_NOTICES: frozenset({Channel.COUNTER, Channel.WEB, Channel.WECHAT}),
    Action.LAPSE: frozenset({Channel.SYSTEM}),
    Action.RECALL: frozenset({Channel.SYSTEM, Channel.COUNTER}),
    Action.CANCEL_REPORT: frozenset({Channel.COUNTER, Channel.HOTLINE}),
    # A result file is recorded by a person at the counter, or by whoever runs the command.
    **dict.fromkeys(
        (Action.PRODUCE, Action.SEND, Action.RECEIVE, Action.STOP, Action.RESUME),
        frozenset({Channel.COUNTER, Channel.SYSTEM}),
    ),
    # What was agreed on the phone is kept by whoever is asked next.
    **dict.fromkeys((Action.CALL_BACK, Action.REFER, Action.SETTLE), frozenset({Channel.HOTLINE, Channel.COUNTER})),
    # An officer who recorded a loss on the wrong card puts that right at once, on the same call.
    Action.CORRECT: frozenset({Channel.HOTLINE, Channel.COUNTER}),
}

# Away from the window no document can be seen; that it is the holder is proved in another way.
REMOTE: dict[Channel, frozenset[Evidence]] = {
    Channel.HOTLINE: _PHONE,
    Channel.WEB: _CODE,
    Channel.WECHAT: frozenset({Evidence.BOUND_ACCOUNT}),
}


def checklist(action: Action, party: Party, channel: Channel) -> frozenset[Evidence]:
    """What has to be seen or proved before an act, by the party and the door; of the office's own work nothing."""
    needed = CHECKLISTS[action][party]
    return REMOTE.get(channel, needed) if needed else needed
