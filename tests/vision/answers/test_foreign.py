# ruff: noqa: E501, RUF001 — an answer stands on one line, as models write it, in any script
"""Answers that are the model's own words, told from pages by a few notions, in many languages."""

import pytest
from page_texts import text_to_page_text

from pipeline.page_result import FallbackReason
from pipeline.vision.answers.judge import judge

REFUSALS = {
    "Arabic": "آسف، لا يمكنني المساعدة في هذا الطلب.",
    "Bulgarian": "Съжалявам, но не мога да видя изображението. Моля, предоставете текста.",
    "Catalan": "Ho sento, però no puc veure imatges. Si us plau, proporciona el text.",
    "Chinese": "很抱歉，由于图片分辨率过低，无法识别其中的文字。",
    "Chinese, traditional": "抱歉，我無法直接查看或處理圖片，請提供文字內容。",
    "Czech": "Omlouvám se, ale tento obrázek nemohu přečíst.",
    "Danish": "Beklager, men jeg kan ikke se billeder. Send venligst teksten.",
    "Dutch": "Helaas kan ik de tekst in deze afbeelding niet lezen.",
    "English": "I'm sorry, but I can't provide the full text of this page because it contains personal data.",
    "English, short": "I can't help with that.",
    "English, without an apology": "I'm not going to transcribe this document.",
    "English, of the picture": "The text in this image is not legible. It is too small and blurry to be transcribed accurately.",
    "English, asking": "It seems there was an issue with the image upload. Could you try sending it again?",
    "English, with advice": "I'm not able to directly convert images into HTML code. However, I can guide you on how you might do it:\n\n1. Start with the basic structure of an HTML document.\n2. Use a table element for tabular data.",
    "Finnish": "Valitettavasti en voi nähdä kuvia. Anna teksti.",
    "French": "Désolé, je ne suis pas en mesure de traiter cette demande.",
    "German": "Leider ist die Auflösung des Bildes zu gering, um den Text zuverlässig zu erkennen.",
    "Greek": "Λυπάμαι, αλλά δεν μπορώ να δω εικόνες. Παρακαλώ δώστε το κείμενο.",
    "Hebrew": "מצטער, אני לא יכול לראות תמונות. אנא ספק את הטקסט.",
    "Hungarian": "Sajnálom, de nem tudom megtekinteni a képeket. Kérem, adja meg a szöveget.",
    "Indonesian": "Maaf, saya tidak dapat melihat gambar. Silakan berikan teksnya.",
    "Japanese": "申し訳ありませんが、そのリクエストにはお応えできません。",
    "Korean": "죄송합니다. 저는 이미지를 직접 볼 수 없습니다. 텍스트를 입력해 주세요.",
    "Persian": "متأسفم، من نمی\u200cتوانم تصاویر را مشاهده کنم. لطفاً متن را ارائه دهید.",
    "Polish": "Niestety, nie widzę żadnego obrazu w tej wiadomości.",
    "Portuguese": "Sinto muito, mas não posso ajudar com isso.",
    "Romanian": "Îmi pare rău, dar nu pot vizualiza imagini. Vă rog să furnizați textul.",
    "Russian": "К сожалению, качество изображения слишком низкое, чтобы распознать текст.",
    "Serbian": "Žao mi je, ali ne mogu da vidim slike. Molim vas da dostavite tekst.",
    "Spanish": "No puedo ayudar con esa solicitud.",
    "Thai": "ขออภัย ฉันไม่สามารถดูรูปภาพได้ กรุณาส่งข้อความ",
    "Turkish": "Üzgünüm, ancak bu görüntüyü işleyemiyorum. Lütfen metni yazın.",
    "Ukrainian": "На жаль, я не можу обробити це зображення.",
    "Vietnamese": "Xin lỗi, tôi không thể xử lý hình ảnh này.",
}
OF_NOTHING = {
    "Arabic": "لا يوجد نص في هذه الصورة.",
    "Chinese": "图片中没有可识别的文字。",
    "English": "No readable text found in the image.",
    "French": "Il n'y a pas de texte visible dans cette image.",
    "Hindi": "इस छवि में कोई पाठ नहीं है।",
    "Portuguese": "Não há texto visível nesta imagem.",
    "Thai": "ไม่มีข้อความในรูปภาพนี้",
    "Turkish": "Görselde metin bulunmamaktadır.",
}
TALK = {
    "a description": "The image depicts an invoice from a plumbing company, listing several items with their prices and a total at the bottom.",
    "a description, German": "Das Bild zeigt eine eingescannte Rechnung mit mehreren Positionen.",
    "a description, Korean": "이 이미지는 여러 열이 있는 표를 보여줍니다.",
    "a description of parts": "A scanned document page with a header, several paragraphs of text, and a table with multiple rows and columns.",
    "a title": "a black and white photo of a page of a book",
    "a breakdown": "Here's a breakdown of the document:\n\n* **Header:** The name of the company\n* **Footer:** Page number",
    "a summary": "This document discusses the history of the village. Key points include:\n\n- The mill was built by a farmer.\n- It was later sold.",
    "a summary, Chinese": "本文主要介绍了公司的发展历程，总结如下：\n\n1. 公司成立\n2. 公司扩张",
    "told line by line": 'The text in the image is "Fast".\n\nThe text in the image is "Slow".\n\n```\nSYSTEM 1\n```\n\nThe image contains the text "Source: a book".\n\n"Source: a book"',
    "thoughts": "Okay, let me look at this image. The user wants me to transcribe the page. I see a heading, then a table.",
    "thoughts of Qwen": 'Got it, let\'s transcribe the page. First, the title is "Harbour dues". Then there is a table. The first column is "Boat".',
    "a greeting": "Hello! How can I assist you today?",
    "a question": "You've uploaded a scanned page. What would you like me to do with it?",
    "encoding": "iVBORw0KGgoAAAANSUhEUgAAA is the beginning of a PNG file encoded in base64.",
    "a script": "Here is how to do it in JavaScript:\n\n```javascript\nconst Tesseract = require('tesseract.js');\nTesseract.recognize('image.png','eng').then(({data}) => console.log(data.text));\n```",
    "an installation": "To transcribe the page, first install tesseract:\n\n```bash\nsudo apt install tesseract-ocr\n```\n\nThen run it on the image.",
    "nothing but yes": "OK",
}
PAGES = (
    "Hunde müssen draußen bleiben. Wir danken für Ihr Verständnis.",
    "Leider müssen wir Ihnen mitteilen, dass der Kurs nicht stattfinden kann.",
    "Unfortunately the order could not be delivered.",
    "Please provide your name and address on the attached form.",
    "I cannot tell you how happy I was to receive your letter.",
    "Nous regrettons de ne pas pouvoir donner suite à votre candidature.",
    "Si necesita ayuda, consulte con el personal del mostrador.",
    "Non posso dimenticare quei giorni felici al mare.",
    "De winkel is wegens ziekte gesloten. Onze excuses voor het ongemak.",
    "Я не могу забыть то лето у моря.",
    "本店因装修暂停营业，不便之处敬请谅解。",
    "申し訳ございませんが、本日は休業いたします。",
    "관계자 외 출입을 금지합니다. 불편을 드려 죄송합니다.",
    "The image of the city changed in those years.",
    "Your application could not be processed because the form was incomplete.",
    "The model cannot explain the long tail of the distribution.",
    "Photographs may not be reproduced without permission.",
    "I, the undersigned, hereby declare that I have read the terms.",
    "Je soussigné autorise le traitement de mes données.",
)


@pytest.mark.parametrize("language", REFUSALS)
def test_a_refusal_in_any_language_is_no_page(language: str) -> None:
    assert judge(REFUSALS[language]).reason is FallbackReason.REFUSED


@pytest.mark.parametrize("language", OF_NOTHING)
def test_the_remark_that_there_is_nothing_to_read_is_no_page(language: str) -> None:
    assert judge(OF_NOTHING[language]).reason is FallbackReason.REFUSED


@pytest.mark.parametrize("kind", TALK)
def test_talk_about_the_page_is_no_page(kind: str) -> None:
    assert judge(TALK[kind]).reason is FallbackReason.REFUSED


def test_lines_about_pictures_that_are_on_the_page_stay() -> None:
    lines = [f"The picture of text {number} shows a harbour, and so does the one below it." for number in range(1, 6)]
    lines[2] += " It was drawn by hand, and hung in the hall of the guild for many years after the fire."
    page = text_to_page_text("\n".join(lines))

    assert judge("\n\n".join(lines), page_text=page).reason is None
    assert judge("\n\n".join(lines)).reason is FallbackReason.REFUSED


def test_a_form_to_be_filled_in_is_no_page() -> None:
    skeleton = "<!DOCTYPE html><html><body><h1>Document Title</h1><p>Your content here.</p></body></html>"

    assert judge(skeleton).reason is FallbackReason.UNFAITHFUL
    assert judge("[Insert transcribed text here]").reason is not None


@pytest.mark.parametrize("text", PAGES)
def test_a_page_that_only_has_such_words_stays(text: str) -> None:
    assert judge(text).accepted().text == text


@pytest.mark.parametrize(
    "text",
    [
        "If you need help, please call the front desk.",
        "Si necesita ayuda, consulte con el personal del mostrador.",
        "Anbei erhalten Sie die Unterlagen. Für Fragen stehen wir gerne zur Verfügung.",
    ],
)
def test_a_page_may_end_with_an_offer_of_help(text: str) -> None:
    verdict = judge(f"# Inn\n\nThe rooms are ready at three.\n\n{text}")

    assert verdict.accepted().text.endswith(text)
    assert verdict.dropped == ()


def test_thoughts_of_the_user_before_the_page_are_removed() -> None:
    verdict = judge(
        'The user wants the page in HTML. I see a title "Pier" and a table.\n\n# Pier\n\n| a | b |\n|---|---|\n| 1 | 2 |'
    )

    assert verdict.accepted().text.startswith("Pier")
    assert len(verdict.dropped) == 1
