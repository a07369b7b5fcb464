"""What the console calls the fields of an entry, and what may be chosen in them."""

from knowledge_base.entry import Facet

FIELDS = {
    "id": "编号",
    "topic": "主题",
    "kind": "类型",
    "title": "标题",
    "answer": "回答",
    "urgent": "紧急",
    "facets": "分项",
    "questions": "问法",
    "sources": "依据",
    "next": "接下来可以问",
    "confusable": "容易混的条目",
    "office": "负责部门",
    "valid_from": "生效日",
    "valid_until": "失效日",
    "review_by": "复核日期",
}
SOURCE_FIELDS = {
    "law": "法律",
    "article": "条号",
    "page": "网页名称",
    "date": "网页日期",
    "url": "网址",
    "claim": "取了什么",
    "checked": "核对日",
    "confidence": "可信程度",
}
KINDS = {"question": "问答", "service": "办事事项"}
CONFIDENCES = {"verified": "已核对原文", "page": "在官方网页上看到"}
FACETS = {facet.value: facet.label for facet in Facet}
GUIDES = {
    "guide:legal_aid_check": "引导：能不能申请法律援助",
    "guide:notary": "引导：办公证",
    "guide:dispute_path": "引导：纠纷走哪条路",
    "guide:deadline": "引导：算期限",
    "guide:reconsideration": "引导：行政复议",
    "guide:appointment": "引导：预约",
}
FIELD_OF_RULE = {
    "id": "id",
    "topic": "topic",
    "next": "next",
    "confusable": "confusable",
    "facets": "facets",
    "law": "sources",
    "page": "sources",
    "claim": "sources",
    "unverified": "sources",
    "phone": "answer",
    "length": "answer",
    "first-sentence": "answer",
    "sentence": "answer",
    "filler": "answer",
    "urgent": "answer",
    "contradiction": "answer",
    "law-period": "answer",
    "questions": "questions",
    "template": "questions",
    "same-question": "questions",
    "review": "review_by",
    "validity": "valid_until",
}
"""The field where a defect that the linter finds by a rule is mended."""
