"""The line of business, guessed from the words a masked company name still shows."""

from typing import Final

# The first word found decides, so narrower words stand before wider ones.
WORDS: Final = (
    ("construction", "建筑 建设 工程 劳务 装饰 装修 消防 路桥 钢结构 勘察 门窗 土地整理 地质 设备安装 灯饰 石材"),
    ("health", "药房 药店 药业 医药 医疗 福利院"),
    ("logistics", "物流 运业 运贸 货运 快递"),
    ("vehicles", "汽车 汽贸 轮胎"),
    ("food", "食品 调味品 餐饮 酒店 大闸蟹 农副产品 魔芋"),
    ("farming", "农业 园林 园艺 花木 景观 蔬菜 合作社 兰花 猕猴桃"),
    ("media", "广告 传媒 文化 影城 演艺 印务 印刷 图书 品牌 策划 营销 美工 会展"),
    ("energy", "石油 石化 油气 天然气 电力 节能 化工 煤矿"),
    ("technology", "科技 技术 信息 网络 软件 智能 数码 通信 通讯 电脑 自动化 控制设备 电子"),
    ("machinery", "机械 机电 设备 电气 器材 铸造 挖掘机 空调 制冷"),
    ("materials", "建材 材料 五金 木业 金属 合金 塑料 塑胶 纸业 包装 不锈钢 净化 物资"),
    ("home", "家居 家电 电器 家俬 卫浴 地毯 厨房 生活用品 办公用品 遮阳"),
    ("apparel", "服饰 服装 童装 鞋 纺织"),
    ("services", "咨询 管理 事务所 律师 税务师 会计 物业 人力资源 代理 租赁 维修 清洁"),
    ("services", "检测 检验 经纪 服务 教育 安防 安全 体育"),
    ("trade", "商贸 贸易 工贸 销售 经营部 商店 超市 实业 供应链 商业"),
)  # fmt: skip
_TABLE: Final = tuple((industry, tuple(words.split())) for industry, words in WORDS)

UNKNOWN: Final = "unknown"
INDUSTRY_NAMES: Final = {
    "construction": ("Construction", "建筑"),
    "health": ("Health", "医药健康"),
    "logistics": ("Logistics", "物流运输"),
    "vehicles": ("Vehicles", "汽车"),
    "food": ("Food", "食品餐饮"),
    "farming": ("Farming", "农业园艺"),
    "media": ("Media and events", "广告文化"),
    "energy": ("Energy and chemicals", "能源化工"),
    "technology": ("Technology", "科技电子"),
    "machinery": ("Machinery", "机械设备"),
    "materials": ("Building materials", "建材五金"),
    "home": ("Home and living", "家居家电"),
    "apparel": ("Apparel", "服饰鞋包"),
    "services": ("Services", "商务服务"),
    "trade": ("Trade", "商贸"),
    "beauty": ("Beauty", "美妆个护"),
    "toys": ("Toys", "玩具母婴"),
    "sports": ("Sports and outdoors", "运动户外"),
    "books": ("Books and paper", "图书文具"),
    "pets": ("Pets", "宠物"),
    "electronics": ("Electronics", "数码电子"),
    "crafts": ("Crafts", "手工艺品"),
    UNKNOWN: ("Unknown", "未知"),
}
"""Every line of business in English and in Chinese."""
INDUSTRIES: Final = tuple(INDUSTRY_NAMES)


def industry_of(name: str) -> str:
    """What a name tells of the business; where it tells nothing, `unknown`.

    >>> industry_of("***建筑劳务有限公司"), industry_of("***药房"), industry_of("个体经营E14")
    ('construction', 'health', 'unknown')
    """
    return next((industry for industry, words in _TABLE if any(word in name for word in words)), UNKNOWN)
