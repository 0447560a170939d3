"""Cuts Chinese and English into the words that search stores and looks for; pure."""

import re
import unicodedata

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
PIECE = re.compile(rf"[{CJK}]+|[a-z0-9]+")
# An ID number has 18 characters, a mobile number 11 digits, a bank card's number 16 to 19, however they are grouped.
SHORTEST_NUMBER = 11
# Seven digits in one run are no day and no hotline, but a telephone of a town, or a document's number; a passport, a
# permit or an identity card of Hong Kong is a letter or two and six digits at least.
LONG_RUN = re.compile(r"\d{7}|(?<![A-Za-z])[A-Za-z]{1,2}\d{6}")
CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两", "00012345678912345678912")
LONGEST_QUERY = 100

# Words that people use for one thing. English words stand as `stem` leaves them.
SYNONYMS = (
    ("社保卡", "社会保障卡", "社会保险卡"),
    ("补办", "补领", "补卡", "补换", "重办", "新卡"),
    ("解除挂失", "解挂", "取消挂失", "撤销挂失"),
    ("丢失", "遗失", "丢了", "掉了", "不见了", "弄丢", "丢"),
    ("找到", "找回", "捡到"),
    ("领卡", "领取", "取卡", "拿卡"),
    ("激活", "启用", "开通"),
    ("代办", "代领", "代理", "委托", "帮家人"),
    ("监护人", "孩子", "儿童", "未成年", "小孩"),
    ("换领", "换卡"),
    ("老人", "老年", "长辈", "高龄"),
    ("被偷", "偷", "小偷", "盗"),
    ("换了城市", "转移", "搬家", "外地"),
    ("金融卡", "银行卡"),
    ("网点", "窗口"),
    ("查询", "查"),
    ("进度", "到哪", "办到哪", "办好没", "状态"),
    ("费用", "工本费", "收费", "多少钱", "花钱"),
    ("看病", "就医", "就诊", "医院", "看医生"),
    ("报销", "手工报销", "垫付"),
    ("身份证号", "公民身份号码", "社会保障号码", "身份证号码"),
    ("热线", "电话", "客服"),
    ("诈骗", "骗子", "骗局", "假短信", "受骗"),
    ("隐私", "个人信息", "泄露"),
    ("法律", "依据", "法条"),
    ("lost", "lose", "loss", "miss"),
    ("replac", "replacement", "reissu", "renew"),
    ("cancel", "withdraw", "revok", "undo"),
    ("collect", "pick", "pickup", "fetch", "collection"),
    ("agent", "proxy", "representativ", "behalf"),
    ("fee", "cost", "price", "pay", "charg"),
    ("doctor", "hospital", "treatment", "medical"),
    ("activ", "activat", "enabl"),
    ("progres", "status", "track"),
    ("hotlin", "phon", "call", "telephon"),
    ("child", "children", "minor", "guardian"),
    ("older", "elder", "elderly", "senior", "aged"),
    ("thief", "thiev", "theft", "stolen", "steal"),
    ("mov", "transfer", "relocat"),
    ("scam", "phish", "fraud"),
    ("password", "pin"),
    ("law", "legal", "statut"),
    ("privacy", "data", "personal"),
)
# Words of the field that have no other name; a run of Chinese is cut at them, and slips are put right to them.
# fmt: off
TERMS = (
    "挂失", "受理", "回执", "证明", "领卡证明", "身份证", "密码", "银行", "账户", "短信", "照片", "信息", "办理",
    "申请", "暂停", "退回", "期限", "到期", "损坏", "找不到", "网上", "微信", "残疾人", "时限", "优待",
)
# fmt: on
# They make a question of a phrase and say nothing about its subject.
# fmt: off
IDLE = frozenset((
    "怎么办", "怎么样", "怎么", "怎样", "如何", "什么", "哪里", "哪儿", "我的", "可以", "能不能", "请问",
    "吗", "呢", "了", "的", "我", "要",
))
IDLE_ENGLISH = frozenset((
    "a", "an", "and", "are", "at", "can", "do", "does", "for", "how", "i", "in", "is", "it", "my", "of", "on", "or",
    "the", "to", "what", "when", "where", "with", "you", "your",
))
# fmt: on


# Traditional characters that people from Hong Kong, Macao and Taiwan type, each behind the form the guides use.
_TRADITIONAL = """
丢丟 银銀 领領 补補 换換 证證 办辦 医醫 报報 进進 费費 网網 点點 护護 监監 会會 险險 发發 号號 码碼 线線 电電 话話
骗騙 诈詐 残殘 单單 询詢 务務 时時 间間 门門 请請 机機 边邊 岁歲 儿兒 亲親 记記 录錄 资資 讯訊 个個 国國 无無 这這
"""
SIMPLIFIED = str.maketrans({pair[1]: pair[0] for pair in _TRADITIONAL.split()})


def normal(text: str) -> str:
    """Fold width, case, compatibility forms, and the traditional characters of the field."""
    return unicodedata.normalize("NFKC", text).casefold().translate(SIMPLIFIED)


def stem(word: str) -> str:
    """Strip the endings of an English word that change nothing about its subject."""
    if len(word) < 4 or not word.isalpha():
        return word
    for ending, instead in (
        ("ies", "y"),
        ("ments", "ment"),
        ("ing", ""),
        ("ed", ""),
        ("es", ""),
        ("s", ""),
        ("e", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + instead
            break
    # "cancelled" and "cancel", "planning" and "plan".
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word


def grams(run: str) -> list[str]:
    """Return a run of Chinese as single characters and pairs of neighbours."""
    return [*run, *(run[at : at + 2] for at in range(len(run) - 1))]


def index_words(text: str) -> list[str]:
    """Return the words under which a text is found."""
    found: list[str] = []
    for piece in PIECE.findall(normal(text)):
        if piece.isascii():
            found.append(stem(piece))
        else:
            found.extend(grams(piece))
    return found


def holds_a_number_of_a_person(text: str) -> bool:
    """Whether a text holds what may be an ID, document, card or phone number, in whatever digits and separators."""
    plain = unicodedata.normalize("NFKC", text).translate(CHINESE_DIGITS)
    if LONG_RUN.search(plain):
        return True
    run = 0
    for char in plain:
        if unicodedata.decimal(char, None) is not None:
            run += 1
            if run >= SHORTEST_NUMBER:
                return True
        elif char.isalpha():
            run = 0
    return False


# A term is one thing asked for: alternatives, each a list of words that must all be there.
Term = list[list[str]]


def query_terms(query: str) -> list[Term]:
    """Return what a query asks for, idle words left out unless there is nothing else."""
    return [_term(part) for part in dict.fromkeys(busy_parts(query))]


def phrases(query: str) -> list[str]:
    """Return every form of the asked words that is worth marking in a text, longest first."""
    forms = {form for part in busy_parts(query) for form in _alternatives(part)}
    return sorted((form for form in forms if len(form) > 1 or not form.isascii()), key=len, reverse=True)


def hits(query: str, text: str) -> int:
    """Return how many of the things asked for a short text names, by whichever of their names."""
    plain = normal(text)
    here = {stem(piece) if piece.isascii() else piece for piece in PIECE.findall(plain)}
    asked = (_alternatives(part) for part in dict.fromkeys(busy_parts(query)))
    return sum(any(form in here if form.isascii() else form in plain for form in forms) for forms in asked)


# A word said often is not better than one said a few times.
OFTEN = 8


def times(query: str, text: str) -> int:
    """Return how often a text names the things asked for, each counted a few times at most."""
    plain = normal(text)
    here = [stem(piece) if piece.isascii() else piece for piece in PIECE.findall(plain)]
    total = 0
    for part in dict.fromkeys(busy_parts(query)):
        forms = _alternatives(part)
        count = sum(here.count(form) if form.isascii() else plain.count(form) for form in forms)
        total += min(count, OFTEN)
    return total


def busy_parts(query: str) -> list[str]:
    """Return the pieces of a query that say what it is about, in their order."""
    parts = [part for piece in PIECE.findall(normal(query[:LONGEST_QUERY])) for part in _parts(piece)]
    return [part for part in parts if part not in IDLE and part not in IDLE_ENGLISH] or parts


CHINESE_PHRASES = tuple(
    sorted(
        {word for group in SYNONYMS for word in group if not word.isascii()} | IDLE | set(TERMS),
        key=len,
        reverse=True,
    )
)
KNOWN = re.compile("|".join(map(re.escape, CHINESE_PHRASES)))


def _parts(piece: str) -> list[str]:
    """Cut a run of Chinese at the phrases we know; an English word is one part."""
    if piece.isascii():
        return [piece]
    parts, at = [], 0
    for match in KNOWN.finditer(piece):
        parts += [piece[at : match.start()], match.group()]
        at = match.end()
    return [part for part in [*parts, piece[at:]] if part]


def _alternatives(part: str) -> tuple[str, ...]:
    word = stem(part) if part.isascii() else part
    return next((group for group in SYNONYMS if word in group), (word,))


def _term(part: str) -> Term:
    return [_needed(word) for word in _alternatives(part)]


def _needed(word: str) -> list[str]:
    """All pairs of a Chinese word stand for the word itself; a single character stands alone."""
    if word.isascii() or len(word) == 1:
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]
